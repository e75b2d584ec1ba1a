# Which packages are older than in the index? As `dnf check-update` has it: exit code 0 for none, 100 for some.
set -eu
cd "$PACKAGES_FOLDER"
echo "refresh" >> history.log
test -r "$PACKAGES_INDEX" || { echo "E: there is no index at $PACKAGES_INDEX" >&2; exit 1; }
test -f installed.txt || : > installed.txt

# Under another name until it is whole: a power cut leaves the old list or the new one.
: > upgradable.part
while read -r name version; do
  grep -qxF "$name $version" installed.txt || echo "$name $version" >> upgradable.part
done < "$PACKAGES_INDEX"
sync upgradable.part
mv upgradable.part upgradable.txt
sync .

count=$(wc -l < upgradable.txt)
echo "$((count)) packages can be upgraded"
test "$count" -eq 0 || exit 100
