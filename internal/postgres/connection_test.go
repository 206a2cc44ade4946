package postgres_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"shifan/internal/postgres/pgtest"
)

func TestAStatementIsPreparedOnceForAConnection(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn, err := pgtest.New(t).Connx(ctx)
	require.NoError(t, err)
	defer conn.Close()
	prepared := func() (n int) {
		require.NoError(t, conn.GetContext(ctx, &n, `SELECT count(*) FROM pg_prepared_statements WHERE statement NOT LIKE '%pg_prepared_statements%'`))
		return n
	}
	for i := range 3 {
		var got int
		require.NoError(t, conn.GetContext(ctx, &got, `SELECT $1::int + 1`, i))
		assert.Equal(t, i+1, got)
	}
	assert.Equal(t, 1, prepared())

	for i := range 600 { // more than are kept
		var got int
		require.NoError(t, conn.GetContext(ctx, &got, fmt.Sprintf(`SELECT $1::int + %d`, i), 1))
		require.Equal(t, i+1, got)
	}
	assert.LessOrEqual(t, prepared(), 500)
}

func TestAStatementOutlivesAChangeOfItsTable(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	conn, err := pgtest.New(t).Connx(ctx)
	require.NoError(t, err)
	defer conn.Close()
	ask := func() error {
		var row struct{ ID, Name string }
		return conn.GetContext(ctx, &row, `SELECT 'x' AS id, v::text AS name FROM (SELECT kind AS v FROM changed WHERE kind <> $1) c`, "none")
	}
	exec := func(query string) {
		_, err := conn.ExecContext(ctx, query)
		require.NoError(t, err)
	}
	exec(`CREATE TABLE changed (kind text); INSERT INTO changed VALUES ('a')`)
	require.NoError(t, ask())
	exec(`ALTER TABLE changed ADD COLUMN more text`) // what a migration does
	require.NoError(t, ask())

	all := func() error {
		return conn.QueryRowxContext(ctx, `SELECT * FROM changed WHERE kind <> $1`, "none").MapScan(make(map[string]any))
	}
	require.NoError(t, all())
	exec(`ALTER TABLE changed ADD COLUMN another text`)
	require.Error(t, all(), "its plan gives other columns than were promised")
	require.NoError(t, all(), "prepared anew")
}
