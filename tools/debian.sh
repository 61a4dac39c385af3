# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2154
#
# Sourced by what gets packages of Debian, whatever is installed here: a separate apt configuration in $cache,
# which takes only the mirrors from the system's. apt checks what it gets against the keys of Debian.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# own_apt apt-get|apt-cache ARGUMENT...: with -c, which is read after the system's configuration.
own_apt() {
	tool=$1
	shift
	"$tool" -c "$cache/apt.conf" "$@"
}

# mirror debian|debian-security: the system's mirror, or else Debian's. MATRIX_MIRROR: the mirror of debian.
mirror() {
	if [ -n "${MATRIX_MIRROR:-}" ]; then
		echo "${MATRIX_MIRROR%/debian*}/$1"
		return
	fi
	uri=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
		sed 's|/$||' | grep "/$1\$" | sed -n 1p)
	echo "${uri:-http://deb.debian.org/$1}"
}

# source_line ARCHITECTURES SUITE: a line of sources.list.
source_line() {
	archive=debian
	case $2 in *-security) archive=debian-security ;; esac
	echo "deb [arch=$1 signed-by=$keyring] $(mirror $archive) $2 main"
}

# The Release file of sid, or of an archived mirror, may have expired.
write_config() {
	mkdir -p "$cache/lists/partial" "$cache/debs/partial"
	: >"$cache/status"
	cat >"$cache/apt.conf" <<-END
		Dir::State "$cache";
		Dir::State::status "$cache/status";
		Dir::State::lists "$cache/lists";
		Dir::Cache "$cache";
		Dir::Cache::archives "$cache/debs";
		Dir::Cache::pkgcache "$cache/packages.bin";
		Dir::Cache::srcpkgcache "";
		Dir::Etc::SourceList "$cache/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		APT::Architectures {"amd64"; "arm64";};
		APT::Sandbox::User "root";
		Acquire::Languages "none";
		Acquire::Check-Valid-Until "false";
		Acquire::Retries "2";
	END
}
