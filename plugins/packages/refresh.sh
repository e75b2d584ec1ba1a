# Which packages are older than in the index? As `dnf check-update` has it: exit code 0 for none, 100 for some.
set -eu
# A command begins in the folder of its package, wherever that was unpacked; it can only be read.
index="$PWD/index.txt"
cd "$PACKAGES_FOLDER"
echo "refresh" >> history.log
test -r "$index" || { echo "E: there is no index at $index" >&2; exit 1; }
test -f installed.txt || : > installed.txt

# Under another name until it is whole: a power cut leaves the old list or the new one.
: > upgradable.part
while read -r name version; do
  grep -qxF "$name $version" installed.txt || echo "$name $version" >> upgradable.part
done < "$index"
sync upgradable.part
mv upgradable.part upgradable.txt
sync .

count=$(wc -l < upgradable.txt)
echo "$((count)) packages can be upgraded"
test "$count" -eq 0 || exit 100
