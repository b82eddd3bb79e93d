/** SFTP on one channel: packets in, answers out, with as much under way as stays small in memory. */
import type { ServerChannel } from 'ssh2';
import { AppError } from '#lib/domain/errors.ts';
import type { SshFiles } from '../../services/ssh-visit.ts';
import { send } from '../channel-streams.ts';
import { status, VERSION } from './answers.ts';
import { Fields, packet, number, PacketCutter, REQUEST, SftpFailure, STATUS } from './packets.ts';
import { SftpRequests } from './sftp-requests.ts';

/** Of requests that are not answered yet; then nothing more is read. */
const MAX_UNDER_WAY_BYTES = 4 * 1024 * 1024;
const MAX_UNDER_WAY = 256;

/** Resolves when the client has left. `onBug` hears of what nobody expected. */
export async function serveSftp(
  channel: ServerChannel,
  files: SshFiles,
  onBug: (error: unknown) => void,
): Promise<void> {
  const requests = await SftpRequests.begin(files);
  const cutter = new PacketCutter();
  const underWay = new Set<Promise<void>>();
  let bytes = 0;
  const full = () => underWay.size >= MAX_UNDER_WAY || bytes >= MAX_UNDER_WAY_BYTES;

  const answer = async (type: number, id: Buffer, fields: Fields): Promise<void> => {
    const [kind, ...parts] = await requests
      .answer(type, fields)
      .catch((error: unknown) => refusal(error, onBug));
    await send(channel, packet(kind, id, ...parts));
  };
  const take = (request: Buffer) => {
    const fields = new Fields(request);
    const type = fields.byte();
    const id = number(fields.number());
    const work = type === REQUEST.INIT ? send(channel, VERSION) : answer(type, id, fields);
    bytes += request.length;
    underWay.add(work);
    void work.finally(() => {
      bytes -= request.length;
      underWay.delete(work);
      if (!full()) channel.resume();
    });
  };

  await new Promise<void>((resolve) => {
    channel.on('data', (piece: Buffer) => {
      try {
        for (const request of cutter.push(piece)) take(request);
      } catch (error) {
        if (!(error instanceof SftpFailure)) onBug(error);
        resolve();
      }
      if (full()) channel.pause();
    });
    channel.once('end', resolve);
    channel.once('close', resolve);
  });
  await Promise.allSettled([...underWay]);
  await requests.close();
}

function refusal(error: unknown, onBug: (error: unknown) => void): ReturnType<typeof status> {
  if (error instanceof SftpFailure) return status(error.code, error.message);
  if (!(error instanceof AppError)) {
    onBug(error);
    return status(STATUS.FAILURE, 'a bug in Slipway');
  }
  return status(error.code === 'FORBIDDEN' ? STATUS.PERMISSION_DENIED : STATUS.FAILURE, error.message);
}
