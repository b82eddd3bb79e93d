/**
 * One line of what the set-up does, told apart from the output of what it runs.
 * @param {string} sentence
 */
export function say(sentence) {
  console.log(`slipway: ${sentence}`);
}
