import fc from 'fast-check';

/**
 * Properties are tried with other examples each day, and with the same ones all day: what failed for one fails for everybody
 * until it is mended. A property that names a seed of its own keeps it.
 */
const millisOfDay = 86_400_000;
fc.configureGlobal({ seed: Math.floor(Date.now() / millisOfDay) });
