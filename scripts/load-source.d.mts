export declare function loadSource(path: string): Promise<Record<string, unknown>>
