import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import '@graphiql/plugin-explorer/style.css';
import './page.css';

import { explorerPlugin } from '@graphiql/plugin-explorer';
import { GraphiQL, HISTORY_PLUGIN } from 'graphiql';
import { createRoot } from 'react-dom/client';

import { createFetcher } from './fetcher.js';
import { EXAMPLES_PLUGIN, IS_WIDE } from './Examples.jsx';
import { examples } from './examples.js';
import { memory } from './memory.js';
import { SignIn } from './SignIn.jsx';

const fetcher = createFetcher();
const plugins = [EXAMPLES_PLUGIN, HISTORY_PLUGIN, explorerPlugin()];
const tabs = examples.map(({ query, variables }) => ({ query, variables }));
// GraphiQL takes the variables of the first tab from here and not from `defaultTabs`; later it remembers its own.
const isFirstVisit = sessionStorage.getItem('graphiql:tabState') === null;

createRoot(document.getElementById('root')).render(
  <>
    <header className="page-header">
      <h1>
        Postmeter <span>· GraphiQL</span>
      </h1>
      <nav aria-label="Pages">
        <a href="/dashboard/">Dashboard</a>
        <a href="/schema.graphql">Schema</a>
      </nav>
      <SignIn />
    </header>
    <GraphiQL
      fetcher={fetcher}
      plugins={plugins}
      defaultTabs={tabs}
      initialVariables={isFirstVisit ? tabs[0].variables : undefined}
      visiblePlugin={isFirstVisit && IS_WIDE.matches ? EXAMPLES_PLUGIN : undefined}
      storage={memory}
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
