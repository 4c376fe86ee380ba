import { type StaffQueue, WatchStaffQueuesDocument } from '../api/generated';
import { useMoves } from '../api/hooks';

/** How often that queue of the staff moved, for `useAsk`. */
export const useQueue = (queue: StaffQueue) =>
  useMoves(
    WatchStaffQueuesDocument,
    {},
    ({ staffQueueChanged: moved }) => moved.queue === null || moved.queue === queue,
  );
