export declare const ROOT: string
/** ISO 8601, UTC; null where the time of the source is not known. */
export declare function builtAt(): string | null
