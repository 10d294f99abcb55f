/** What differs from the stored gallery; pictures are compared only where browser and fonts are the same. */
export function compareGallery(executablePath?: string): Promise<{ compared: 'pictures' | 'looks'; faults: string[] }>
