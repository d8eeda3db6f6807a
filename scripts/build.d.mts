/** Bundles the installer into `dist` (default: the repository's dist folder); gives that folder. */
export function build(dist?: string): Promise<string>
