package postgres_test
import ("testing";"fmt";"time";"shifan/internal/award";"shifan/internal/register";"shifan/internal/postgres";"shifan/internal/postgres/pgtest")
func TestScratch(t *testing.T){
 db:=pgtest.New(t); s:=postgres.New(db)
 for range 2 {
 rows,err:=register.Sample(); if err!=nil{t.Fatal(err)}
 at:=time.Now()
 sum,err:=s.ImportRegister(t.Context(),"x",award.Date{2023,6,30},rows,func(n int){ if n%50000==0 {fmt.Println(n,time.Since(at))}})
 fmt.Println(sum,err,time.Since(at))
 }
 at:=time.Now()
 u,err:=s.UnsureUnits(t.Context(),"",3); fmt.Println(u,err,time.Since(at))
 fmt.Println(s.UnitByCode(t.Context(),"659001001001",award.Date{2026,6,30}))
 fmt.Println(s.UnitByCode(t.Context(),"441900003001",award.Date{2026,6,30}))
}
