import { useState } from 'react';
import { CampaignListDocument, CompareCampaignsDocument, type CompareCampaignsQuery } from '../api/generated';
import { useAsk } from '../api/hooks';
import { at, count } from '../format';
import Chart, { type Line } from '../ui/chart';
import { Select, Tick } from '../ui/form';
import { Card, Empty, Loaded, Page } from '../ui/parts';

const HOURS = 48;
const MOST = 5;
const COLOURS: readonly Line['colour'][] = ['accent', 'blue', 'violet', 'warn', 'bad'];
const MEASURES = [
  ['opens', 'Opened by people'],
  ['clicks', 'Clicked by people'],
  ['delivered', 'Delivered'],
] as const;
type Measure = (typeof MEASURES)[number][0];
type Compared = CompareCampaignsQuery['compareCampaigns'][number];

export default function ComparePage() {
  const list = useAsk(CampaignListDocument, {});
  const [chosen, setChosen] = useState<readonly string[] | null>(null);
  const [measure, setMeasure] = useState<Measure>('opens');
  const launched = list.data?.viewer?.account.campaigns.edges
    .map(({ node }) => node)
    .filter(({ launchedAt }) => launchedAt);
  const ids = chosen ?? launched?.slice(0, 2).map(({ id }) => id) ?? [];
  const names = new Map(launched?.map(({ id, name }) => [id, name ?? 'Erased']));
  const toggle = (id: string) =>
    setChosen(ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id].slice(-MOST));
  return (
    <Page
      title="Compare campaigns"
      lead={`Side by side, by the hours since each was launched, for two days. At most ${MOST}.`}
    >
      <Loaded value={launched} trouble={list.trouble} again={list.again}>
        {(found) =>
          found.length === 0 ? (
            <Empty title="No campaign was launched yet." />
          ) : (
            <>
              <Card title="Which">
                <div className="grid">
                  {found.map(({ id, name, launchedAt }) => (
                    <Tick
                      key={id}
                      checked={ids.includes(id)}
                      onChange={() => toggle(id)}
                      label={
                        <>
                          {name} <span className="small muted">{launchedAt && at(launchedAt)}</span>
                        </>
                      }
                    />
                  ))}
                </div>
              </Card>
              {ids.length > 0 && (
                <Card
                  title="Since the launch"
                  aside={
                    <Select
                      label="What"
                      value={measure}
                      onChange={({ target }) => setMeasure(target.value as Measure)}
                      options={MEASURES}
                    />
                  }
                >
                  <Comparison ids={ids} names={names} measure={measure} />
                </Card>
              )}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

interface ComparisonProps {
  readonly ids: readonly string[];
  readonly names: ReadonlyMap<string, string>;
  readonly measure: Measure;
}

function Comparison({ ids, names, measure }: ComparisonProps) {
  const asked = useAsk(CompareCampaignsDocument, { ids, hours: HOURS });
  return (
    <Loaded value={asked.data?.compareCampaigns} trouble={asked.trouble} again={asked.again} lines={5}>
      {(found) => (
        <Chart
          x={Array.from({ length: HOURS }, (_, hour) => hour + 1)}
          lines={found.map((one, index) => ({
            name: names.get(one.campaignId) ?? one.campaignId,
            colour: COLOURS[index] ?? 'muted',
            values: summed(one, measure),
          }))}
          format={(value) => count(Math.round(value))}
          formatX={(hour) => `${hour} h`}
          summary="All that happened up to each hour since the launch."
        />
      )}
    </Loaded>
  );
}

function summed({ hours }: Compared, measure: Measure): number[] {
  let sum = 0;
  return hours.map(
    (counts) => (sum += Number(measure === 'delivered' ? counts.delivered.total : counts[measure].human)),
  );
}
