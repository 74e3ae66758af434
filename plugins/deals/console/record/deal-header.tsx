import { msg } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { Archive, ArchiveRestore, Ellipsis, RotateCcw, ThumbsDown, Trophy } from "lucide-react";
import { lazy, Suspense, useRef } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import { Neighbours } from "@/components/data-grid/neighbours";
import { useNeighbours } from "@/components/data-grid/use-neighbours";
import { PageHeader } from "@/components/page-header";
import { GuardedButton } from "@/components/ui/guarded-button";
import { IconButton } from "@/components/ui/icon-button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useHotkey } from "@/lib/hotkeys";
import { recordPath } from "@/lib/record-path";
import { StaleBadge } from "../board/deal-card";
import { type Deal, hrefOfDeal, isStale } from "../deal";
import { useMayThisDeal } from "../may";
import { useArchiveDeal, useRestoreDeal } from "../mutations";
import { dealsOf } from "../queries";
import { StageBadge } from "../stage-badge";
import { CloseButton } from "./close-button";
import { StageBar } from "./stage-bar";
import { useStageMoves } from "./use-stage-moves";

const LostDialog = lazy(() => import("../lost-dialog"));

const archiveLabel = msg`Archive`;
const stageLabel = msg`Move to another stage`;

/** What it is, where it stands, how it ends, and what else can be done to it. */
export function DealHeader({ deal }: { deal: Deal }) {
  const { t } = useLingui();
  const navigate = useNavigate();
  const archive = useArchiveDeal();
  const restore = useRestoreDeal();
  const moves = useStageMoves(deal);
  const denied = t`You may not do this to this deal`;
  const mayUpdate = useMayThisDeal("update", deal.id);
  const mayDelete = useMayThisDeal("delete", deal.id);
  const { isArchived, customer, stage } = deal;

  const neighbours = useNeighbours(dealsOf, hrefOfDeal);
  const isFirst = useLocation().key === "default";
  const leave = () => (isFirst ? navigate("/deals") : navigate(-1));
  const putAway = () => archive.mutate(deal, { onSuccess: leave });
  const bar = useRef<HTMLOListElement>(null);
  useHotkey("s", stageLabel, () => bar.current?.querySelector("button")?.focus(), !isArchived);
  useHotkey("#", archiveLabel, putAway, mayDelete && !isArchived);

  const { reopensTo } = moves;
  const ofKind = (kind: string) => moves.stages.filter((other) => other.kind === kind);
  const closing = { disabledReason: !mayUpdate && denied, onMove: moves.moveTo };
  const customerPath = customer.name && recordPath("customer", customer.id);

  return (
    <>
      <PageHeader
        title={deal.name}
        aside={
          <>
            <StageBadge stage={stage} />
            {isStale(deal) && <StaleBadge deal={deal} />}
          </>
        }
        actions={
          isArchived ? (
            <GuardedButton
              size="small"
              pending={restore.isPending}
              disabledReason={!mayDelete && denied}
              icon={<ArchiveRestore size={14} aria-hidden />}
              onClick={() => restore.mutate(deal.id)}
            >
              <Trans>Restore</Trans>
            </GuardedButton>
          ) : (
            <>
              {stage.kind !== "won" && (
                <CloseButton {...closing} stages={ofKind("won")} icon={<Trophy size={14} aria-hidden />}>
                  <Trans>Mark as won</Trans>
                </CloseButton>
              )}
              {stage.kind !== "lost" && (
                <CloseButton {...closing} stages={ofKind("lost")} icon={<ThumbsDown size={14} aria-hidden />}>
                  <Trans>Mark as lost</Trans>
                </CloseButton>
              )}
              {stage.kind !== "open" && reopensTo && (
                <GuardedButton
                  size="small"
                  disabledReason={!mayUpdate && denied}
                  icon={<RotateCcw size={14} aria-hidden />}
                  onClick={() => moves.moveTo(reopensTo)}
                >
                  <Trans>Reopen</Trans>
                </GuardedButton>
              )}
              <Menu
                trigger={<IconButton label={t`More actions`} icon={<Ellipsis size={16} aria-hidden />} />}
              >
                <MenuItem
                  icon={<Archive size={16} aria-hidden />}
                  disabledReason={!mayDelete && denied}
                  onClick={putAway}
                >
                  <Trans>Archive</Trans>
                </MenuItem>
              </Menu>
            </>
          )
        }
      >
        <Neighbours
          neighbours={neighbours}
          to={neighbours.origin ? "/deals/list" : "/deals"}
          label={t`Deals`}
        />
        {customerPath && (
          <>
            {" · "}
            <Link to={customerPath} className="rounded-sm hover:underline">
              <bdi>{customer.name}</bdi>
            </Link>
          </>
        )}
      </PageHeader>
      {!isArchived && (
        <StageBar
          ref={bar}
          deal={deal}
          stages={moves.stages}
          disabledReason={!mayUpdate && denied}
          onMove={moves.moveTo}
        />
      )}
      <Suspense>
        {moves.losing && <LostDialog deal={deal} onClose={moves.cancel} onConfirm={moves.lose} />}
      </Suspense>
    </>
  );
}
