/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The output formats beside text: a line each. cli makes the option --NAME of it, view expects
 * view_NAME in a file of its own. Included more than once.
 */
FORMAT(JSON, json, "print JSON, one object a line")
FORMAT(CSV, csv, "print CSV")
FORMAT(FACTS, facts, "print facts, to read later with --from")
