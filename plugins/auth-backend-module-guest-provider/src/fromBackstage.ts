/** What a block of guests promises and does not hold, for `vestibule migrate`. */
import type { BackstageDifferences } from '@vestibule/plugin-auth-node';

export const guestFromBackstage: BackstageDifferences = {
  caveats: ({ dangerouslyAllowOutsideDevelopment }) => [
    dangerouslyAllowOutsideDevelopment === true
      ? {
          key: 'dangerouslyAllowOutsideDevelopment',
          says: 'lets in everybody who reaches the portal, in production too',
          nextStep: 'Remove it wherever the portal is not public.',
        }
      : {
          says: 'signs nobody in unless NODE_ENV is development: elsewhere it answers 403',
          nextStep: 'Keep it out of the config for production.',
        },
  ],
};
