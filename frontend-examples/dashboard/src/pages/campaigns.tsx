import {
  type CampaignLineFragment,
  CampaignListDocument,
  type CampaignStatusLineFragment,
  WatchCampaignsDocument,
} from '../api/generated';
import { useAsk, useFeed } from '../api/hooks';
import { at, count, percent, words } from '../format';
import { Link } from '../router';
import { placed } from '../ui/lists';
import { Card, Empty, Loaded, Page, Table } from '../ui/parts';
import { CampaignTag } from '../ui/campaign-tag';

type Line = CampaignStatusLineFragment & Partial<Pick<CampaignLineFragment, 'statistics'>>;

export default function CampaignsPage() {
  const list = useAsk(CampaignListDocument, {});
  const { state, trouble } = useFeed(
    WatchCampaignsDocument,
    {},
    (before: readonly CampaignStatusLineFragment[] | null, { campaignChanged: update }) =>
      update.campaign ? placed(before ?? [], update.campaign) : update.newest,
  );
  const counted = list.data?.viewer?.account.campaigns.edges.map(({ node }) => node);
  // Counts as they were when the page opened, statuses as they are: a campaign's own page has live counts.
  const rows =
    counted &&
    (state ?? []).reduceRight<readonly Line[]>((found, line) => {
      const known = counted.find(({ id }) => id === line.id);
      return placed(found, known ? { ...known, ...line } : line);
    }, counted);
  return (
    <Page
      title="Campaigns"
      lead="What was sent, and what became of it."
      actions={
        <>
          <Link to="/compare">Compare campaigns</Link>
          <Link to="/campaigns/new" className="button" data-kind="main">
            New campaign
          </Link>
        </>
      }
    >
      <Card title="Newest first">
        <Loaded value={rows} trouble={list.trouble ?? trouble} again={list.again} lines={6}>
          {(found) => (
            <Table
              caption="Campaigns"
              rows={found}
              id={({ id }) => id}
              empty={<Empty title="No campaign yet.">Draft one here, or through the API.</Empty>}
              columns={[
                {
                  name: 'Name',
                  cell: ({ id, name }) => <Link to={`/campaigns/${id}`}>{name ?? 'Erased'}</Link>,
                },
                { name: 'State', cell: ({ status }) => <CampaignTag status={status} /> },
                { name: 'Channel', cell: ({ channel }) => (channel === 'SMS' ? 'SMS' : words(channel)) },
                { name: 'Launched', cell: ({ launchedAt }) => launchedAt && at(launchedAt) },
                { name: 'Recipients', right: true, cell: ({ recipients }) => count(recipients) },
                {
                  name: 'Delivered',
                  right: true,
                  cell: ({ statistics }) => statistics && count(statistics.counts.delivered.total),
                },
                {
                  name: 'Opened',
                  right: true,
                  cell: ({ statistics }) => statistics && count(statistics.counts.opens.human),
                },
                {
                  name: 'Click to open',
                  right: true,
                  cell: ({ statistics }) => statistics && percent(statistics.counts.rates.clickToOpen.value),
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
    </Page>
  );
}
