/// The same as say.js for what is loaded when it is first used, with the sentences of these parts.

import { teach } from '../clients/js/src/saying.js';
import { english_more } from './english_more.js';
import { say } from './say.js';

teach(english_more);

export { say };
