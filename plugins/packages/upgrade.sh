# Brings the packages of upgradable.txt up to date. As some package managers have it: exit code 1 for nothing to do.
set -eu
cd "$PACKAGES_FOLDER"
echo "upgrade" >> history.log
test -s upgradable.txt || { echo "Nothing to do."; exit 1; }

count=0
while read -r name version; do
  # One that was done before a power cut is not done again.
  grep -qxF "$name $version" installed.txt && continue
  echo "Setting up $name ($version) ..."
  { grep -v "^$name " installed.txt || :; echo "$name $version"; } > installed.part
  sync installed.part
  mv installed.part installed.txt
  echo "set up $name $version" >> history.log
  count=$((count + 1))
done < upgradable.txt
sync .
echo "$count upgraded"
