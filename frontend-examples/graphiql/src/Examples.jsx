import { useGraphiQL, useGraphiQLActions } from '@graphiql/react';

import { examples } from './examples.js';

/** Where the list has a place beside the editor. */
export const IS_WIDE = matchMedia('(min-width: 60rem)');

/** The list of examples beside the editor: each opens its tab, or a new one where that was closed. */
export const EXAMPLES_PLUGIN = { title: 'Examples', icon: Icon, content: Examples };

function Examples() {
  const { tabs, activeTabIndex, queryEditor, variableEditor } = useGraphiQL((state) => state);
  const { addTab, changeTab, setVisiblePlugin } = useGraphiQLActions();
  const open = ({ name, query, variables }) => {
    if (!IS_WIDE.matches) setVisiblePlugin(null);
    const index = tabs.findIndex((tab) => tab.title === name);
    if (index >= 0) return changeTab(index);
    addTab();
    queryEditor.setValue(query);
    return variableEditor.setValue(variables);
  };
  return (
    <section className="examples" aria-label="Examples">
      <h2>Examples</h2>
      <ol>
        {examples.map((example) => (
          <li key={example.name}>
            <button
              type="button"
              disabled={!queryEditor}
              aria-current={tabs[activeTabIndex]?.title === example.name}
              onClick={() => open(example)}
            >
              <b>{example.title}</b> <i>{example.kind}</i>
              <span>{example.shows}</span>
            </button>
          </li>
        ))}
      </ol>
      <p>
        The tests run each of them. The whole reference is the book, and <i>Explorer</i> composes operations by clicks.
      </p>
    </section>
  );
}

function Icon() {
  return (
    <svg viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" aria-hidden="true">
      <path d="M2 3.2h2M2 8h2M2 12.8h2M6.5 3.2H14M6.5 8H14M6.5 12.8H14" strokeLinecap="round" />
    </svg>
  );
}
