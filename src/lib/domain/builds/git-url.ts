/**
 * The git addresses that an engine takes as a build context: `https://host/repo.git#ref:folder`. An engine reads http addresses that do not end
 * in `.git` as a file to download, so they are refused.
 */
import { accept, cut, refuse, type Reader } from '../docker-run/read.ts';

const WEB = /^https?:\/\/([^/@\s]+@)?[^/@\s]+\/\S+$/;
const OTHER = /^(?:git:\/\/[^/@\s]+\/\S+|ssh:\/\/(?:[\w.-]+@)?[^/@\s]+\/\S+|git@[\w.-]+:[^\s:]+)$/;
const REF = /^[\w][\w./+-]*$/;

export const readGitUrl: Reader<string> = (text) => {
  const [address, fragment] = cut(text, '#');
  const web = WEB.exec(address);
  if (web === null && !OTHER.test(address))
    return refuse('must be a git address such as https://host/repository.git#branch:folder');
  if (web?.[1] !== undefined)
    return refuse('must not hold a name or a password: they would be kept and shown with the build');
  if (web !== null && !address.endsWith('.git')) return refuse('must end in .git before any #branch:folder');
  if (fragment === null) return accept(text);
  const [ref, folder] = cut(fragment, ':');
  if (ref !== '' && (!REF.test(ref) || ref.includes('..')))
    return refuse('must have the name of a branch, tag or commit behind #');
  if (folder !== null && (folder.split('/').includes('..') || !/^[\w./][\w./ +-]*$/.test(folder)))
    return refuse('must have a folder inside the repository behind #branch:');
  return accept(text);
};
