/** What can be done with a type beside launching it. Pure. */
import type { MenuItem } from '#lib/components/ui/menu-items.ts';
import type { AgentTypeView } from '#lib/protocol/agent-types.ts';
import { ty } from '#lib/text/en-types.ts';

type About = Pick<AgentTypeView, 'name' | 'image' | 'shippedImage'>;

/** `form`: the id of a form whose actions `test` and `build` take the type's `name`. */
export function menuOf(
  { name, image, shippedImage }: About,
  mayChange: boolean,
  form: string,
): readonly MenuItem[] {
  const post = (action: string) => ({ form, action: `/images/types?/${action}`, name: 'name', value: name });
  const changes: readonly MenuItem[] = [
    { id: 'edit', label: ty.edit, icon: 'edit', href: `/images/types/${name}` },
    { id: 'clone', label: ty.clone, icon: 'clone', href: `/images/types/new?from=${name}` },
  ];
  return [
    ...(mayChange ? changes : []),
    ...(image === null ? [] : [{ id: 'test', label: ty.test, icon: 'check', submit: post('test') } as const]),
    ...(shippedImage === null
      ? []
      : [{ id: 'build', label: ty.build, icon: 'images', submit: post('build') } as const]),
    { id: 'export', label: ty.export, icon: 'download', href: `/api/types/${name}?format=toml` },
  ];
}
