import './theme/tokens.css';
import './theme/base.css';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from '../../src/client/api-error.ts';
import { liveStore } from './live/use-swarm.ts';
import { router } from './router.tsx';
import { applyTheme } from './shell/theme-switch.tsx';

applyTheme();
matchMedia('(prefers-color-scheme: light)').addEventListener('change', applyTheme);
liveStore.start();

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      // What was refused is refused again; what was not reached is worth another try.
      retry: (failures, error) => !(error instanceof ApiError) && failures < 3,
    },
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
