// A file in safetensors' layout, as the build writes them: eight bytes that say how long the header is, the header, which
// is JSON, and the tensors. Typed arrays come as views of the file; bytes of text are decoded where they are asked for.
const TYPES = { U8: Uint8Array, I8: Int8Array, U16: Uint16Array, I32: Int32Array };

export function readTensors(buffer) {
  const length = Number(new DataView(buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  delete header.__metadata__;
  const found = {};
  for (const [name, { dtype, data_offsets: [start, end] }] of Object.entries(header)) {
    const at = 8 + length + start;
    const Type = TYPES[dtype];
    // The header is padded to eight bytes, and larger numbers stand before smaller ones: every view is aligned.
    found[name] = new Type(buffer, at, (end - start) / Type.BYTES_PER_ELEMENT);
  }
  return found;
}

export const textOf = (bytes) => new TextDecoder().decode(bytes);
export const linesOf = (bytes) => (bytes.length ? textOf(bytes).split("\n") : []);
