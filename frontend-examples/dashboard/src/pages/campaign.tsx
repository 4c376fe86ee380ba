import {
  CampaignExportDocument,
  type CampaignHeadFragment,
  CampaignPageDocument,
  type CampaignCountsFragment,
  CancelCampaignDocument,
  LaunchCampaignDocument,
  PauseCampaignDocument,
  ResumeCampaignDocument,
  WatchCampaignDocument,
  WatchCampaignStatsDocument,
} from '../api/generated';
import { ask } from '../api/client';
import { useAction, useAsk, useFeed, useIntention } from '../api/hooks';
import { at, count, fromNow, percent, timeZone, words } from '../format';
import { Link } from '../router';
import type { PageProps } from '../routes';
import { CampaignTag } from '../ui/campaign-tag';
import { Bars } from '../ui/bars';
import { Button, Card, Empty, Figure, Loaded, Note, Page, Refusal } from '../ui/parts';
import { Draft } from './campaign-draft';
import { TimeLine, Breakdown } from './campaign-parts';

export default function CampaignPage({ parts }: PageProps) {
  const id = parts.id ?? '';
  const asked = useAsk(CampaignPageDocument, { id });
  if (asked.data && !asked.data.campaign) {
    return (
      <Page title="There is no such campaign">
        <Empty title="It is not yours, or it is gone.">
          <Link to="/campaigns">All campaigns</Link>
        </Empty>
      </Page>
    );
  }
  return (
    <Loaded value={asked.data?.campaign} trouble={asked.trouble} again={asked.again} lines={8}>
      {(campaign) => <Campaign first={campaign} />}
    </Loaded>
  );
}

function Campaign({
  first,
}: {
  readonly first: CampaignHeadFragment & { readonly statistics: CampaignCountsFragment };
}) {
  const { id } = first;
  const head = useFeed(
    WatchCampaignDocument,
    { id },
    (before: CampaignHeadFragment | null, { campaignChanged: update }) => update.campaign ?? before ?? first,
  );
  const stats = useFeed(
    WatchCampaignStatsDocument,
    { id },
    (_: CampaignCountsFragment | null, { campaignStats: update }) => update.statistics,
  );
  const campaign = head.state ?? first;
  const statistics = stats.state ?? first.statistics;
  const { counts } = statistics;
  return (
    <Page
      title={campaign.name ?? 'Campaign'}
      lead={
        <>
          <CampaignTag status={campaign.status} />{' '}
          {campaign.launchedAt ? `launched ${at(campaign.launchedAt)}` : `drafted ${at(campaign.createdAt)}`}
          {campaign.subject && <> · “{campaign.subject}”</>}
        </>
      }
      actions={<Actions campaign={campaign} />}
    >
      {campaign.pauseReason && campaign.status === 'PAUSED' && (
        <Note tone="warn">Paused: {words(campaign.pauseReason).toLowerCase()}.</Note>
      )}
      {(campaign.status === 'DRAFT' || campaign.status === 'SCHEDULED') && <Draft campaign={campaign} />}
      <Card
        title="Live"
        aside={
          statistics.lastEventAt && (
            <span className="small muted">last event {fromNow(statistics.lastEventAt)}</span>
          )
        }
      >
        <dl className="figures">
          <Figure name="Recipients">{count(campaign.recipients)}</Figure>
          <Figure name="Sent">
            <span data-count="sent">{count(counts.sent.total)}</span>
          </Figure>
          <Figure name="Delivered">
            <span data-count="delivered">{count(counts.delivered.total)}</span>
          </Figure>
          <Figure name="Opened by people">
            <span data-count="opens">{count(counts.opens.humanUnique)}</span>
          </Figure>
          <Figure name="Clicked by people">
            <span data-count="clicks">{count(counts.clicks.humanUnique)}</span>
          </Figure>
          <Figure name="Unsubscribed">{count(counts.unsubscribes.unique)}</Figure>
          <Figure name="Complaints">{count(counts.complaints.unique)}</Figure>
          <Figure name="Credits spent">
            {count(statistics.creditsCaptured)}{' '}
            <span className="small muted">of {count(statistics.creditsReserved)}</span>
          </Figure>
        </dl>
        <dl className="figures">
          <Figure name="Delivery">{percent(counts.rates.delivery.value)}</Figure>
          <Figure name="Opening">{percent(counts.rates.opening.value)}</Figure>
          <Figure name="Click-through">{percent(counts.rates.clickThrough.value)}</Figure>
          <Figure name="Click to open">{percent(counts.rates.clickToOpen.value)}</Figure>
          <Figure name="Bounce">{percent(counts.rates.bounce.value)}</Figure>
          <Figure name="Complaint">{percent(counts.rates.complaint.value)}</Figure>
        </dl>
      </Card>
      <div className="grid wide">
        <Card title="Funnel">
          <Bars
            most={Number(counts.sent.unique)}
            bars={[
              ['Sent', counts.sent.unique],
              ['Delivered', counts.delivered.unique],
              ['Opened by people', counts.opens.humanUnique],
              ['Clicked by people', counts.clicks.humanUnique],
            ]}
          />
          <p className="small muted">
            Not counted above: {count(counts.opens.machine)} opens by machines,{' '}
            {count(counts.clicks.suspectBot)} clicks that look like bots’.
          </p>
        </Card>
        <Card title="Bounces">
          <Bars
            most={Number(counts.bounces.total)}
            bars={[
              ['Hard: no such address', counts.bounces.hard.total],
              ['Soft: full or away', counts.bounces.soft.total],
              ['Block: refused by policy', counts.bounces.block.total],
              ['Undetermined', counts.bounces.undetermined.total],
            ]}
          />
          <p className="small muted">
            {count(counts.deferred)} were deferred, which is no bounce; {count(counts.dropped)} were never
            submitted.
          </p>
        </Card>
      </div>
      <TimeLine id={id} sequence={statistics.sequence} />
      <Breakdown id={id} sequence={statistics.sequence} />
    </Page>
  );
}

function Actions({ campaign: { id, name, status } }: { readonly campaign: CampaignHeadFragment }) {
  const intention = useIntention();
  const launch = useAction(LaunchCampaignDocument, intention.done);
  const pause = useAction(PauseCampaignDocument);
  const resume = useAction(ResumeCampaignDocument);
  const cancel = useAction(CancelCampaignDocument);
  const input = { campaignId: id };
  const download = async (format: 'CSV' | 'XLSX') => {
    const { data } = await ask(CampaignExportDocument, { id, kind: 'SERIES', format, timeZone });
    if (data?.exportLink) location.assign(data.exportLink.path);
  };
  return (
    <>
      {status === 'DRAFT' && (
        <Button
          kind="main"
          onClick={() => void launch.run({ input: { ...input, idempotencyKey: intention.key } })}
        >
          Launch
        </Button>
      )}
      {status === 'SENDING' && <Button onClick={() => void pause.run({ input })}>Pause</Button>}
      {status === 'PAUSED' && <Button onClick={() => void resume.run({ input })}>Go on</Button>}
      {(status === 'PAUSED' || status === 'SCHEDULED') && (
        <Button
          kind="grave"
          onClick={() => void cancel.run({ input })}
          aria-label={`Give ${name ?? 'it'} up`}
        >
          Give up
        </Button>
      )}
      <Button onClick={() => void download('CSV')}>CSV</Button>
      <Button onClick={() => void download('XLSX')}>XLSX</Button>
      <Refusal of={launch.refusal ?? pause.refusal ?? resume.refusal ?? cancel.refusal} />
    </>
  );
}
