import { ModelBusyError } from '../errors/errors.js';
import type { LayerHome } from './layerHome.js';
import type { LayerStore, StoreUser } from './layerStore.js';
import { Turns } from './turns.js';

// One join at a time: whoever is in this lane may wait for the turns of several models, so nobody
// in such a turn may wait for the lane.
const lane = new Turns();

/** The stores that these weights live in. */
export function storesOf(homes: readonly LayerHome[]): LayerStore[] {
  const stores = homes.map(({ store }) => store);
  return [...new Set(stores)].filter((store) => store !== undefined);
}

/**
 * Brings the weights of some layers into one store, for a model of all of them. ERR_MODEL_BUSY
 * where several stores are at work.
 */
export function joinStores(place: string, homes: () => readonly LayerHome[]): Promise<void> {
  return lane.take(async () => {
    for (;;) {
      const stores = storesOf(homes());
      if (stores.length < 2) return;
      const target = targetOf(place, stores);
      for (const source of stores) if (source !== target) await move(source, target);
    }
  });
}

function targetOf(place: string, stores: readonly LayerStore[]): LayerStore {
  const busy = stores.filter(({ busyUser }) => busyUser !== undefined);
  if (busy.length > 1) {
    const calls = busy.map(({ busyUser }) => `${busyUser?.inProgress}() of ${busyUser?.place}`);
    throw new ModelBusyError(
      `its layers have their weights with models of which several are at work: ` +
        `${calls.join(', ')}; await one of them, or use this model once before`,
      { place },
    );
  }
  const larger = (a: LayerStore, b: LayerStore) => (b.native.bytes > a.native.bytes ? b : a);
  return busy[0] ?? stores.reduce(larger);
}

/** Does nothing where the source is found in use by then: the caller looks again. */
async function move(source: LayerStore, target: LayerStore): Promise<void> {
  const { users } = source;
  await whilePaused(users, async () => {
    // Nothing is awaited between this look and the mark.
    const { users: now, busyUser } = source;
    if (busyUser !== undefined || now.some((user) => !users.includes(user))) return;
    source.isMoving = true;
    try {
      for (const user of users) await user.leaveStore();
      await moveWeights(source, target);
      source.forgetUsers();
    } finally {
      source.isMoving = false;
    }
  });
}

async function moveWeights(source: LayerStore, target: LayerStore): Promise<void> {
  const homes = [...source.homes];
  const weights = homes.flatMap((home) => home.weights);
  const values = await source.native.read(weights.map(({ id }) => id));
  await target.native.write(
    weights.flatMap((weight, i) => {
      const given = values[i];
      return given === null || given === undefined ? [] : [{ ...weight, values: given }];
    }),
  );
  for (const home of homes) {
    // Its last owner may have been disposed of meanwhile.
    if (home.store === source) {
      home.release();
      home.settleIn(target);
    } else {
      target.native.release(home.ids);
    }
  }
}

function whilePaused(users: readonly StoreUser[], work: () => Promise<void>): Promise<void> {
  const [first, ...others] = users;
  return first === undefined ? work() : first.pause(() => whilePaused(others, work));
}
