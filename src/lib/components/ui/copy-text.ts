/** Puts text on the clipboard. On plain http away from localhost the clipboard API is absent: then by a selected textarea. */
export async function copyText(text: string): Promise<boolean> {
  // absent in an insecure context, whatever the types say
  const clipboard = (navigator as { clipboard?: Clipboard }).clipboard;
  if (clipboard !== undefined) {
    return clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.className = 'sr';
  document.body.append(area);
  area.select();
  // the only way that an insecure context leaves
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
