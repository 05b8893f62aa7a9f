// The exports of the kernel module; one file per family beside this one.
export { fill_f32 } from './fill';
