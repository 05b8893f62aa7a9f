/** What the lab is for, before there is a network. */
export function Welcome() {
  return (
    <div class="welcome">
      <h2>From a trained network to a scaling file</h2>
      <ol>
        <li>
          Drop a Caffe deploy prototxt with its caffemodel, or a frozen TensorFlow graph (.pb). See what will be
          quantized.
        </li>
        <li>
          Drop a few dozen images like those that the network will see. Labels are not needed. See what enters the
          network.
        </li>
        <li>
          Calibrate. Drag thresholds and see clips, signal to noise and predictions change; verify, compare, save.
        </li>
        <li>
          To judge it on other images, choose “Images for: verification” and drop them, with a text file of labels if
          accuracy counts: a line “file class” for each image, classes from 0.
        </li>
      </ol>
      <p class="faint">
        The example is a small CIFAR-10 network with 32 images. The scaling file has the bytes of the command line's,
        and the manifest repeats it there: <code>xfdnn quantize --from deploy.manifest.json</code>, in the folder that
        holds the files.
      </p>
    </div>
  );
}
