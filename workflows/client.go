package workflows

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"

	"shifan/internal/award"
)

// Connect prepares a connection to Temporal, which need not be there yet. Once
// lost it is tried again every second, not ever slower: offices and operators
// wait for the procedure's return.
func Connect(options client.Options) (client.Client, error) {
	options.ConnectionOptions.DialOptions = append(options.ConnectionOptions.DialOptions,
		grpc.WithConnectParams(grpc.ConnectParams{
			Backoff:           backoff.Config{BaseDelay: 200 * time.Millisecond, Multiplier: 1.5, Jitter: 0.2, MaxDelay: time.Second},
			MinConnectTimeout: 5 * time.Second,
		}))
	temporal, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("prepare the temporal client: %w", err)
	}
	return temporal, nil
}

// Client starts and signals workflows from outside. internal/acts tells the
// procedure through it.
type Client struct {
	temporal client.Client
	now      func() time.Time

	mu    sync.Mutex
	quiet time.Time // until when Temporal is taken for down
}

// NewClient returns a client over Temporal. now is the wall clock: it only
// spaces attempts while Temporal is down.
func NewClient(temporal client.Client, now func() time.Time) *Client {
	return &Client{temporal: temporal, now: now}
}

// quietFor is how long nobody asks a Temporal that did not answer, so that
// officers are not kept waiting one after another; the keeper sends meanwhile.
const quietFor = 2 * time.Second

// errQuiet says that Temporal did not answer a moment ago.
var errQuiet = errors.New("temporal did not answer a moment ago")

// Signal tells a workflow to look at the record again, and starts it when it
// does not run. An ended one that is started so looks, finds nothing to do and
// ends.
func (c *Client) Signal(ctx context.Context, s award.Signal) error {
	if err := c.answering(); err != nil {
		return err
	}
	function, args, options, err := workflowOf(s.Workflow)
	if err != nil {
		return err
	}
	_, err = c.temporal.SignalWithStartWorkflow(ctx, s.Workflow, string(s.Name), s.Told, options, function, args...)
	if err != nil {
		c.note(err)
		return fmt.Errorf("signal %s %s: %w", s.Workflow, s.Name, err)
	}
	return nil
}

// Ensure starts the workflow of that ID unless it runs. The keeper calls it for
// every live row.
func (c *Client) Ensure(ctx context.Context, id string) error {
	function, args, options, err := workflowOf(id)
	if err != nil {
		return err
	}
	options.WorkflowIDConflictPolicy = enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING
	if _, err := c.temporal.ExecuteWorkflow(ctx, options, function, args...); err != nil {
		return fmt.Errorf("start %s: %w", id, err)
	}
	return nil
}

// answering refuses quickly while Temporal is taken for down.
func (c *Client) answering() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now().Before(c.quiet) {
		return errQuiet
	}
	return nil
}

// note remembers that Temporal did not answer.
func (c *Client) note(err error) {
	if _, unavailable := errors.AsType[*serviceerror.Unavailable](err); !unavailable && !errors.Is(err, context.DeadlineExceeded) {
		if _, late := errors.AsType[*serviceerror.DeadlineExceeded](err); !late {
			return
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.quiet = c.now().Add(quietFor)
}

// workflowOf returns what runs under a workflow ID, and how it is started.
func workflowOf(id string) (function any, args []any, options client.StartWorkflowOptions, err error) {
	about := start{}
	part := strings.Split(id, "/")
	switch {
	case len(part) == 2 && part[0] == "round":
		function, args, about = Round, []any{part[1]}, aboutRound(part[1])
	case len(part) == 3 && part[0] == "round" && part[2] == "draft":
		function, args, about = RoundDraft, []any{part[1]}, aboutDraft(part[1])
	case len(part) == 4 && part[0] == "round" && part[2] == "office":
		function, args, about = Office, []any{part[1], part[3]}, aboutOffice(part[1], part[3])
	case len(part) == 4 && part[0] == "round" && part[2] == "notice":
		number, err := strconv.Atoi(part[3])
		if err != nil {
			return nil, nil, options, fmt.Errorf("number of notice %q: %w", id, err)
		}
		function, args, about = PublicNotice, []any{part[1], number}, aboutNotice(part[1], number, "")
	default:
		return nil, nil, options, fmt.Errorf("no workflow has the ID %q", id)
	}
	return function, args, client.StartWorkflowOptions{
		ID:                    id,
		TaskQueue:             QueueProcedure,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         about.summary,
		StaticDetails:         about.details,
		TypedSearchAttributes: about.attributes,
	}, nil
}

// Reachable reports whether Temporal answers.
func (c *Client) Reachable(ctx context.Context) error {
	if _, err := c.temporal.CheckHealth(ctx, &client.CheckHealthRequest{}); err != nil {
		return fmt.Errorf("reach temporal: %w", err)
	}
	return nil
}

// dailySchedule is the ID of the Schedule of real rounds; a drill's has its
// round behind it.
const dailySchedule = "daily"

// dailyOf returns the ID of the Schedule that runs a round's Daily.
func dailyOf(roundID string) string {
	if roundID == "" {
		return dailySchedule
	}
	return dailySchedule + "/" + roundID
}

// EnsureDaily makes the Schedule of Daily unless it is there: at 09:00 Beijing
// time for real rounds, where Daily itself asks whether it is a working day;
// every drill day for a drill.
func (c *Client) EnsureDaily(ctx context.Context, drill award.Drill) error {
	spec := client.ScheduleSpec{
		Calendars:    []client.ScheduleCalendarSpec{{Hour: []client.ScheduleRange{{Start: 9}}}},
		TimeZoneName: "Asia/Shanghai",
	}
	note := "每天九时(北京时间),是工作日才提醒"
	if drill.Round != "" {
		spec = client.ScheduleSpec{Intervals: []client.ScheduleIntervalSpec{{Every: drill.Day}}}
		note = "演练:每个演练日一次"
	}
	_, err := c.temporal.ScheduleClient().Create(ctx, client.ScheduleOptions{
		ID:   dailyOf(drill.Round),
		Spec: spec,
		Note: note,
		Action: &client.ScheduleWorkflowAction{
			ID:            dailyOf(drill.Round) + "/run",
			Workflow:      Daily,
			Args:          []any{drill.Round},
			TaskQueue:     QueueProcedure,
			StaticSummary: "每日提醒 " + drill.Round,
			StaticDetails: "每个机构每个工作日至多一份提醒;送达情况见 delivery 表。",
		},
		Overlap:       enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
		CatchupWindow: time.Minute, // a morning missed while Temporal was down is not made up at night
	})
	if err != nil && !alreadyScheduled(err) {
		return fmt.Errorf("schedule %s: %w", dailyOf(drill.Round), err)
	}
	return nil
}

// DropDaily removes the Schedule of a drill that has ended.
func (c *Client) DropDaily(ctx context.Context, roundID string) error {
	err := c.temporal.ScheduleClient().GetHandle(ctx, dailyOf(roundID)).Delete(ctx)
	if _, gone := errors.AsType[*serviceerror.NotFound](err); err != nil && !gone {
		return fmt.Errorf("drop schedule of %s: %w", roundID, err)
	}
	return nil
}

// Dailies returns the rounds that have a Schedule of Daily; "" stands for the
// real ones' common one.
func (c *Client) Dailies(ctx context.Context) ([]string, error) {
	list, err := c.temporal.ScheduleClient().List(ctx, client.ScheduleListOptions{PageSize: 100})
	if err != nil {
		return nil, fmt.Errorf("list schedules: %w", err)
	}
	var rounds []string
	for list.HasNext() {
		entry, err := list.Next()
		if err != nil {
			return nil, fmt.Errorf("list schedules: %w", err)
		}
		if entry.ID == dailySchedule {
			rounds = append(rounds, "")
		} else if id, of := strings.CutPrefix(entry.ID, dailySchedule+"/"); of {
			rounds = append(rounds, id)
		}
	}
	return rounds, nil
}

// seriesSchedule is the ID of the Schedule that drafts the next national round.
const seriesSchedule = "biennial"

// lastScheduleYear is the last that Temporal's calendars know.
const lastScheduleYear = 2100

// EnsureSeries keeps the Schedule of RoundLauncher as the record has it: first at
// the given instant, and again every so many years. One that says otherwise, of a
// round opened since or of another interval, is put right; whether an operator has
// paused it is left as it is.
func (c *Client) EnsureSeries(ctx context.Context, first time.Time, years int) error {
	at := first.In(award.Beijing)
	one := func(n int) []client.ScheduleRange { return []client.ScheduleRange{{Start: n}} }
	spec := client.ScheduleSpec{
		Calendars: []client.ScheduleCalendarSpec{{
			Year: []client.ScheduleRange{{Start: at.Year(), End: lastScheduleYear, Step: years}}, Month: one(int(at.Month())),
			DayOfMonth: one(at.Day()), Hour: one(at.Hour()),
		}},
		TimeZoneName: "Asia/Shanghai",
	}
	action := &client.ScheduleWorkflowAction{
		ID: seriesSchedule + "/run", Workflow: RoundLauncher, Args: []any{years}, TaskQueue: QueueProcedure,
		StaticSummary: "草拟下一批次",
		StaticDetails: "原则上每两年评选一次：由上一批次复制草拟下一批次，提醒管理员核对、开启。系统不会自行开启。",
	}
	handle := c.temporal.ScheduleClient().GetHandle(ctx, seriesSchedule)
	there, err := handle.Describe(ctx)
	if _, gone := errors.AsType[*serviceerror.NotFound](err); gone {
		_, err = c.temporal.ScheduleClient().Create(ctx, client.ScheduleOptions{
			ID: seriesSchedule, Spec: spec, Note: "首次开启后每隔若干年,提前两个月草拟下一批次", Action: action,
			Overlap:       enumspb.SCHEDULE_OVERLAP_POLICY_SKIP,
			CatchupWindow: seriesCatchup,
		})
		if err != nil && !alreadyScheduled(err) {
			return fmt.Errorf("schedule the next round: %w", err)
		}
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the schedule of the next round: %w", err)
	}
	if sameTurns(there.Schedule.Spec.Calendars, spec.Calendars[0]) {
		return nil
	}
	err = handle.Update(ctx, client.ScheduleUpdateOptions{
		DoUpdate: func(in client.ScheduleUpdateInput) (*client.ScheduleUpdate, error) {
			changed := in.Description.Schedule
			changed.Spec, changed.Action = &spec, action
			return &client.ScheduleUpdate{Schedule: &changed}, nil
		},
	})
	if err != nil {
		return fmt.Errorf("move the schedule of the next round: %w", err)
	}
	return nil
}

// seriesCatchup is how late a draft missed while Temporal was down is made up.
const seriesCatchup = 90 * 24 * time.Hour

// sameTurns reports whether a Schedule's calendars say what is wanted.
func sameTurns(have []client.ScheduleCalendarSpec, want client.ScheduleCalendarSpec) bool {
	first := func(r []client.ScheduleRange) int {
		if len(r) == 0 {
			return 0
		}
		return r[0].Start
	}
	return len(have) == 1 && len(have[0].Year) == 1 &&
		have[0].Year[0].Start == want.Year[0].Start && max(1, have[0].Year[0].Step) == max(1, want.Year[0].Step) &&
		first(have[0].Month) == first(want.Month) && first(have[0].DayOfMonth) == first(want.DayOfMonth) && first(have[0].Hour) == first(want.Hour)
}

// DropSeries removes the Schedule of the next round: there is no round to copy,
// or the installation drafts none.
func (c *Client) DropSeries(ctx context.Context) error {
	err := c.temporal.ScheduleClient().GetHandle(ctx, seriesSchedule).Delete(ctx)
	if _, gone := errors.AsType[*serviceerror.NotFound](err); err != nil && !gone {
		return fmt.Errorf("drop the schedule of the next round: %w", err)
	}
	return nil
}

func alreadyScheduled(err error) bool {
	_, exists := errors.AsType[*serviceerror.AlreadyExists](err)
	_, started := errors.AsType[*serviceerror.WorkflowExecutionAlreadyStarted](err)
	return exists || started || strings.Contains(err.Error(), "schedule with this ID is already registered")
}
