import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { createFetcher } from './fetcher.js';
import { exampleTabs } from './examples.js';
import { SignIn } from './SignIn.jsx';

const fetcher = createFetcher();
const plugins = [HISTORY_PLUGIN, explorerPlugin()];
const tabs = exampleTabs();
// GraphiQL takes the variables of the first tab from here and not from `defaultTabs`; later it remembers its own.
const isFirstVisit = sessionStorage.getItem('graphiql:tabState') === null;

// sessionStorage: a password typed as a variable must not outlive this browser tab.
createRoot(document.getElementById('root')).render(
  <>
    <header className="page-header">
      <h1>
        Postmeter <span>· GraphiQL</span>
      </h1>
      <SignIn />
    </header>
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      defaultTabs={tabs}
      initialVariables={isFirstVisit ? tabs[0].variables : undefined}
      storage={sessionStorage}
      shouldPersistHeaders={false}
      defaultEditorToolsVisibility="variables"
      inputValueDeprecation
      schemaDescription
    >
      <GraphiQL.Logo>
        <span />
      </GraphiQL.Logo>
    </GraphiQL>
  </>,
);
