const words: string[] = process.argv.slice(2)
console.log(`stand-in for disko: ${words.join(' ')}`)
