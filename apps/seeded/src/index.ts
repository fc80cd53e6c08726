export { Seeded } from './Seeded.js';
