import './style/tokens.css';
import './style/base.css';
import './style/parts.css';
import './style/shell.css';
import { createRoot } from 'react-dom/client';
import { App } from './app';

const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
