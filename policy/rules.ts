/** Version of the decision code. Policy code that changes steps or times branches on the `rules` of a run. */
export const currentRules = 1;
