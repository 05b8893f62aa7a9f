/**
 * Three files of 21 x 19 pixels, in base64, that together use every path of jpeg-js that photographs use. They are made
 * by test/golden/jpeg/make_warm_up.py.
 */
export const WARM_UP_FILES: readonly string[] = [
  // Baseline, 4:2:0, with a comment.
  '/9j/4AAQSkZJRgABAQAAAQABAAD//gADYf/bAEMACgcHCAcGCggICAsKCgsOGBAODQ0OHRUWERgjHyUkIh8iISYrNy8mKTQpISIwQTE0OTs+Pj4lLkRJQzxINz0+O//bAE' +
    'MBCgsLDg0OHBAQHDsoIig7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O//AABEIABMAFQMBIgACEQEDEQH/xAAXAAEBAQEAAAAA' +
    'AAAAAAAAAAAABgUD/8QAIRAAAwACAQMFAAAAAAAAAAAAAAECBBEDBRITISIxM0L/xAAYAQACAwAAAAAAAAAAAAAAAAAFBgECBP/EACwRAAADAwgLAAAAAAAAAAAAAAABEQ' +
    'IDBQQGEhNRYWLhFTEyQoGRoaLBwtH/2gAMAwEAAhEDEQA/AOaXK+bKesnJyKcPHh8buYbi6qkr3td8z7vlNJ79NPW6R+Sb8hvFXTvSDBs7NFL/AJYJlUpeQ9KxhTavMtXO' +
    '0XOD9IIYGVqbCmtb25gacZwdchN7ZSABGDb/AA8hgnmRFUJi9QAAeCCP/9k=',
  // Baseline, 4:4:4, with restart markers.
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKzcvJik0KSEiMEExNDk7Pj4+JS5ESUM8SDc9Pjv/2wBDAQoLCw' +
    '4NDhwQEBw7KCIoOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozv/wAARCAATABUDAREAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAA' +
    'AAAABQAGAf/EACAQAAICAQQDAQAAAAAAAAAAAAABAgMRBRMhMQQSM0L/xAAZAQADAQEBAAAAAAAAAAAAAAAABQcCBAb/xAAjEQEAAgEDAgcAAAAAAAAAAAABABEhAgMxEh' +
    'MEFBUyUWFi/90ABAAD/9oADAMBAAIRAxEAPwDtMLtTkpbVzlbV72Lp1Rajwm3ykptPLUn3mOTGvu7O91GC/wBFo08pVBhKMGOF3v8Al97rp0gcJgFBzRjINBV3lqhHSPyJ' +
    '/ERvrmz8H4iLd905NXM//9A3cENRz6d9R4oMm8ghP//RHyxLKX29PxNIe9kFkEJ//9k=',
  // Progressive, 4:2:0, with EXIF.
  '/9j/4AAQSkZJRgABAQAAAQABAAD/4QAiRXhpZgAATU0AKgAAAAgAAQESAAMAAAABAAEAAAAAAAD/2wBDAAoHBwgHBgoICAgLCgoLDhgQDg0NDh0VFhEYIx8lJCIfIiEmKz' +
    'cvJik0KSEiMEExNDk7Pj4+JS5ESUM8SDc9Pjv/2wBDAQoLCw4NDhwQEBw7KCIoOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozv/' +
    'wgARCAATABUDASIAAhEBAxEB/8QAFwABAQEBAAAAAAAAAAAAAAAAAAUEA//EABcBAAMBAAAAAAAAAAAAAAAAAAIEBQD/2gAMAwEAAhADEAAAAee2bvDXEMC02kMUAfgf/8' +
    'QAGRAAAgMBAAAAAAAAAAAAAAAAAAIDESAx/9oACAEBAAEFAljoiE5ev//EACARAAADCQEAAAAAAAAAAAAAAAABMQIDBAUQFEJhgcH/2gAIAQMBAT8BeNnDqSi80Jzh3yn/' +
    'xAAeEQAABAcAAAAAAAAAAAAAAAAAAQJBBAUQERNiof/aAAgBAgEBPwFCM92Byzbgg3p//8QAGRABAAIDAAAAAAAAAAAAAAAAAQIREiEw/9oACAEBAAY/Ahqhdyy4/wD/xA' +
    'AbEAABBAMAAAAAAAAAAAAAAAABABEwQTGR8P/aAAgBAQABPyEtE5H9g7KrBv/aAAwDAQACAAMAAAAQgxDD/8QAHhEAAQMEAwAAAAAAAAAAAAAAAQARIRAxQfBRceH/2gAI' +
    'AQMBAT8Qb5ZZax6POujufEIEaH//xAAdEQABBAIDAAAAAAAAAAAAAAARAAEhUcHwEEGR/9oACAECAQE/EByeAa7ud6RXO3qx54//xAAYEAEBAAMAAAAAAAAAAAAAAAABER' +
    'AgUf/aAAgBAQABPxAQpIDSlaCiKiN7zaFc/wD/2Q==',
];

/** Number of times each file is decoded: V8 needs a second closure to see that an inner function has several. */
const ROUNDS = 2;

/**
 * A function whose first call runs `decode`, the decoder of jpeg-js, on three tiny files; later calls do nothing. To be
 * made once per thread. V8 compiles a function for the types and branches it has seen and discards the code at the
 * first one it has not: the warm-up shows it subsampled and full chroma, restart markers and progressive scans at once.
 */
export function createWarmUp(decode: (file: Uint8Array) => unknown): () => void {
  let isWarm = false;
  return () => {
    if (isWarm) return;
    isWarm = true;
    const files = WARM_UP_FILES.map((base64) => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
    for (let round = 0; round < ROUNDS; round++) files.forEach((file) => decode(file));
  };
}
