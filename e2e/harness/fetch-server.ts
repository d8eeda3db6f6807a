import { writeFile } from 'node:fs/promises'

/** Where a guest downloads from when its machine has the option `fetchServer`, and how much each connection gives it: QEMU
 *  answers there itself, so the guest still reaches nothing outside. */
export const FETCH_ADDRESS = '10.0.2.100:8080'
export const FETCH_BYTES = 2 ** 20

export async function makeFetched(file: string): Promise<void> {
  await writeFile(file, Buffer.alloc(FETCH_BYTES, 'keystone'))
}

/** The part of `-netdev user` for it. It says all it has to whoever connects, and asks nothing. */
export const fetchForward = (file: string): string => `guestfwd=tcp:${FETCH_ADDRESS}-cmd:/bin/cat ${file}`
