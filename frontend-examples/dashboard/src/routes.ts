import { type ComponentType, type LazyExoticComponent, lazy } from 'react';

export type PageProps = { readonly parts: Record<string, string> };
type PageComponent = LazyExoticComponent<ComponentType<PageProps>>;

export interface PageRoute {
  readonly pattern: string;
  readonly page: PageComponent;
  /** What the navigation calls it; without a name it is reached from another page. */
  readonly name?: string;
}

export interface Section {
  readonly title: string;
  readonly routes: readonly PageRoute[];
}

const page = (load: () => Promise<{ default: ComponentType<PageProps> }>): PageComponent => lazy(load);

const yours: Section = {
  title: 'You',
  routes: [
    { pattern: '/notices', name: 'Notices', page: page(() => import('./pages/notices')) },
    { pattern: '/security', name: 'Sign-in and sessions', page: page(() => import('./pages/security')) },
    { pattern: '/privacy', name: 'Privacy', page: page(() => import('./pages/privacy')) },
  ],
};

/** Each page is a chunk of its own, so that the first load has only what is seen. */
export const CUSTOMER: readonly Section[] = [
  {
    title: 'Account',
    routes: [
      { pattern: '/', name: 'Overview', page: page(() => import('./pages/overview')) },
      { pattern: '/balances/:unit', page: page(() => import('./pages/balance')) },
      { pattern: '/top-up', name: 'Top up', page: page(() => import('./pages/top-up')) },
      { pattern: '/orders', name: 'Orders', page: page(() => import('./pages/orders')) },
      { pattern: '/plan', name: 'Plan and invoices', page: page(() => import('./pages/plan')) },
    ],
  },
  {
    title: 'Sending',
    routes: [
      { pattern: '/campaigns', name: 'Campaigns', page: page(() => import('./pages/campaigns')) },
      { pattern: '/campaigns/new', page: page(() => import('./pages/campaign-new')) },
      { pattern: '/campaigns/:id', page: page(() => import('./pages/campaign')) },
      { pattern: '/compare', name: 'Compare', page: page(() => import('./pages/compare')) },
    ],
  },
  {
    title: 'Organisation',
    routes: [
      { pattern: '/team', name: 'Team', page: page(() => import('./pages/team')) },
      { pattern: '/keys', name: 'API keys', page: page(() => import('./pages/keys')) },
      { pattern: '/support', name: 'Support', page: page(() => import('./pages/support')) },
      { pattern: '/support/:id', page: page(() => import('./pages/ticket')) },
    ],
  },
  yours,
];

export const OPERATOR: readonly Section[] = [
  {
    title: 'Operation',
    routes: [
      { pattern: '/', name: 'Overview', page: page(() => import('./pages/operator/overview')) },
      {
        pattern: '/operator/requests',
        name: 'Privacy requests',
        page: page(() => import('./pages/operator/requests')),
      },
      { pattern: '/operator/support', name: 'Support', page: page(() => import('./pages/operator/support')) },
      { pattern: '/operator/support/:id', page: page(() => import('./pages/operator/ticket')) },
      {
        pattern: '/operator/incidents',
        name: 'Incidents',
        page: page(() => import('./pages/operator/incidents')),
      },
      { pattern: '/operator/incidents/:id', page: page(() => import('./pages/operator/incident')) },
      {
        pattern: '/operator/complaints',
        name: 'Complaints',
        page: page(() => import('./pages/operator/complaints')),
      },
      {
        pattern: '/operator/senders',
        name: 'Sender IDs',
        page: page(() => import('./pages/operator/senders')),
      },
      {
        pattern: '/operator/accounts',
        name: 'Accounts',
        page: page(() => import('./pages/operator/accounts')),
      },
      {
        pattern: '/operator/compliance',
        name: 'Compliance',
        page: page(() => import('./pages/operator/compliance')),
      },
      {
        pattern: '/operator/disclosures',
        name: 'Disclosures',
        page: page(() => import('./pages/operator/disclosures')),
      },
    ],
  },
  yours,
];
