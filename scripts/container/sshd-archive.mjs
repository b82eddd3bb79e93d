/** Prints, in its last line, where the tar of a Debian with openssh-server is; made when it is not there. For tests. */
import { ensureSshdArchive } from './base-image.mjs';

console.log(await ensureSshdArchive(process.env));
