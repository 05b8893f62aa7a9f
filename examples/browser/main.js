import {
  calibrate,
  chooseSample,
  formatScaling,
  loadCaffe,
  optimise,
  prepareImage,
  preprocessingOf,
  scale,
} from 'xfdnn-quantizer';

const EXAMPLE = '../cifar10/';
const element = (id) => document.getElementById(id);

async function fetchBytes(path) {
  const response = await fetch(EXAMPLE + path);
  if (!response.ok)
    throw new Error(`${path}: expected the file, got status ${response.status}. Serve the root of the repository.`);
  return new Uint8Array(await response.arrayBuffer());
}

const fileBytes = async (file) => new Uint8Array(await file.arrayBuffer());

/** The bytes of the chosen files; of the example and the 32 images of `npm run demo` where none is chosen. */
async function readInputs() {
  const [prototxt, weights] = [element('prototxt').files[0], element('weights').files[0]];
  if (prototxt !== undefined) {
    const images = Array.from(element('images').files, async (file) => ({
      name: file.name,
      bytes: await fileBytes(file),
    }));
    return {
      prototxt: await fileBytes(prototxt),
      weights: weights && (await fileBytes(weights)),
      images: await Promise.all(images),
    };
  }
  const names = chooseSample(100, { size: 32, seed: 1 }).indices.map(
    (index) => `${String(index).padStart(4, '0')}.png`,
  );
  const images = names.map(async (name) => ({ name, bytes: await fetchBytes(`calibration/${name}`) }));
  return {
    prototxt: await fetchBytes('deploy.prototxt'),
    weights: await fetchBytes('model.caffemodel'),
    images: await Promise.all(images),
  };
}

/** The text of the scaling file. */
async function quantize({ prototxt, weights, images }, { overlay, bits, threads }, progress) {
  const network = loadCaffe({ prototxt, weights });
  const preprocessing = preprocessingOf({}, network, 'caffe');
  const arrays = [];
  for (const { bytes, name } of images) arrays.push((await prepareImage(bytes, name, preprocessing)).data);
  const widths = { input: bits, params: bits, output: bits };
  const layers = await calibrate(optimise(network).graph, { arrays }, { widths, overlay, threads }, { progress });
  return formatScaling(scale(layers, { overlay }));
}

async function show(text) {
  const bytes = new TextEncoder().encode(text);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  const link = document.createElement('a');
  Object.assign(link, {
    href: URL.createObjectURL(new Blob([bytes])),
    download: 'scaling.json',
    textContent: 'scaling.json',
  });
  const hash = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
  element('result').replaceChildren(link, `, ${bytes.length} bytes, SHA-256 ${hash}`);
}

document.querySelector('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const [button, bar] = [document.querySelector('button'), element('progress')];
  button.disabled = !(bar.hidden = false);
  element('result').textContent = '';
  const options = {
    overlay: element('overlay').value,
    bits: Number(element('bits').value),
    threads: Number(element('threads').value),
  };
  try {
    await show(await quantize(await readInputs(), options, (done, total) => (bar.value = done / total)));
  } catch (error) {
    element('result').textContent = error.message;
  } finally {
    button.disabled = !(bar.hidden = true);
  }
});
