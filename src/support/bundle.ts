/** One file of a support bundle, not yet cleared of secrets. JSON is cleared by the names of its fields, text by what secrets
 *  look like. */
export type BundlePart = { readonly name: string } & (
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly text: string }
)

/** What is not in a bundle, and why: a reader must not take it for something that did not happen. */
export type MissingPart = { readonly name: string; readonly why: string }

/** Where a bundle goes. `usb`: a partition, as findSticks tells it. */
export type BundleTarget =
  | { readonly to: 'usb'; readonly partition: string }
  | { readonly to: 'lan' }
  | { readonly to: 'text' }
  | { readonly to: 'file'; readonly path: string }

export type BundleResult =
  | { readonly status: 'saved'; readonly path: string }
  /** `taken`: true when it was fetched, false when the time was over or it was stopped. */
  | {
      readonly status: 'serving'
      readonly url: string
      readonly code: string
      readonly taken: Promise<boolean>
      stop(): void
    }
  | { readonly status: 'text'; readonly lines: readonly string[] }
