# SPDX-License-Identifier: BSD-2-Clause
# tools/include-order accepts the tree, and refuses each kind of wrong edge.
# shellcheck shell=bash
check=$tree/tools/include-order
"$check" "$tree"

mkdir -p src/base src/fact src/table src/source src/command include tests/unit tools
cat >CONTRIBUTING.md <<'TABLE'
<!-- tools/include-order -->
```
# a comment
base:
fact:     base
source:   fact
table:    fact
command:  table source
main:     command
tests/unit: table source/parse.h
src/table: row | rows fold
```
<!-- end of tools/include-order -->
TABLE
echo 'PURE_ROOMS := base fact table' >Makefile
touch include/fact.h tools/tool.h
for header in base/map fact/text fact/text_private table/row table/rows_private table/fold \
	source/live source/parse command/why; do
	touch src/$header.h
done

# accepts FILE LINE: a file with that line breaks no rule.
accepts() {
	printf '%s\n' "$2" >"$1"
	"$check" . || { echo "$1: $2: refused"; exit 1; }
	rm "$1"
}

# refuses FILE LINE FAULT: the check fails and prints FAULT.
refuses() {
	printf '%s\n' "$2" >"$1"
	if "$check" . >out; then
		echo "$1: $2: not refused"
		exit 1
	fi
	grep -qF "$3" out || { echo "$1: $2: expected \"$3\", got:"; cat out; exit 1; }
	rm "$1"
}

"$check" .
accepts src/table/rows.c '#include "base/map.h"'
accepts src/table/rows.c '#include "table/rows_private.h"'
accepts src/table/fold.c '#include "table/rows_private.h"'
accepts src/table/rows.c '#include "fact.h"'
accepts src/table/rows.c '#include <stdio.h>'
accepts src/table/rows.c '#include "made_by_make.h"'
accepts src/table/rows.c '/* #include "command/why.h" */'
accepts src/main.c '#include "command/why.h"'
accepts tests/unit/test_row.c '#include "table/row.h"'
accepts tests/unit/test_row.c '#include "source/parse.h"'

# Up, in each way of writing it.
for line in '#include "table/row.h"' '#include <table/row.h>' '  #  include "../table/row.h"' \
	$'#include \\\n"table/row.h"' '#include/**/"table/row.h" /* why */' '#include_next <table/row.h>'; do
	refuses src/base/x.c "$line" 'src/base/x.c:1: must not include'
	refuses src/base/x.h "$line" 'table is above base'
	refuses src/base/x.inc "$line" 'table is above base'
done
refuses src/fact/x.c $'\n\n#include "command/why.h"' 'src/fact/x.c:3: must not include command/why.h: command is above fact'
mkdir src/base/deep
refuses src/base/deep/x.c '#include "fact/text.h"' 'fact is above base'
rmdir src/base/deep
refuses include/both.h '#include "../src/base/map.h"' 'include is for both sides'
# Between siblings.
refuses src/table/row.c '#include "source/live.h"' 'source and table are siblings'
refuses src/source/x.c '#include "table/row.h"' 'table and source are siblings'
# What is private to another folder.
refuses src/table/rows.c '#include "fact/text_private.h"' 'it is private to src/fact'
refuses tests/unit/test_text.c '#include "fact/text_private.h"' 'it is private to src/fact'
refuses tools/x.c '#include "../src/fact/text_private.h"' 'it is private to src/fact'
# Within a room.
refuses src/table/row.c '#include "table/fold.h"' 'fold is above row'
refuses src/table/rows_private.h '#include "table/fold.h"' 'fold is above rows'
touch src/table/rows_private.h
refuses src/table/new.c '#include "table/row.h"' 'new does not stand in the order of src/table'
# What unit tests do not link.
refuses tests/unit/test_x.c '#include "source/live.h"' 'unit tests do not link source'
refuses tests/unit/test_x.c '#include "command/why.h"' 'unit tests do not link command'
sed -i 's/fact table/fact table source/' Makefile
refuses src/table/rows.c '' 'Makefile: PURE_ROOMS and the line tests/unit of CONTRIBUTING.md differ: source'
sed -i 's/ source//' Makefile
# What is in no room.
refuses src/loose.c '' 'src/loose.c: its folder does not stand in the table'
mkdir src/room
refuses src/room/x.c '' 'src/room/x.c: its folder does not stand in the table'
refuses src/table/rows.c '#include "../../tools/tool.h"' 'src includes nothing outside src and include'

# An exception allows its edge, and must go with it.
sed -i 's|^src/table:|except src/base/x.c: table/row.h\n&|' CONTRIBUTING.md
accepts src/base/x.c '#include "table/row.h"'
refuses src/table/rows.c '' 'except src/base/x.c: table/row.h is not needed'
# The table itself: a room stands below those that it includes.
sed -i -e '/^except/d' -e 's/^base:/base: table/' CONTRIBUTING.md
if "$check" . 2>err; then
	exit 1
fi
grep -q 'base: table does not stand above it' err
