import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@mantine/spotlight/styles.css';
import 'dockview-react/dist/styles/dockview.css';
import './theme.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { assert } from '#shared/base/assert';
import { Root } from './Root';

const container = document.getElementById('root');
assert(container, 'index.html has an element #root');
createRoot(container).render(
  <StrictMode>
    <Root />
  </StrictMode>,
);
