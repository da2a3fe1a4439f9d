# shellcheck shell=bash
# A script in parts that say what they are and how long they took. To be sourced.

part_name="" part_began=0 parts_done=()

# part NAME: what follows belongs to it, until the next.
part() {
  end_part
  part_name=$1 part_began=$SECONDS
  printf '\n== %s\n' "$part_name"
}

end_part() {
  local took=$((SECONDS - part_began))
  if [[ -n $part_name ]]; then
    parts_done+=("$(printf '%-40s %3d min %02d s' "$part_name" $((took / 60)) $((took % 60)))")
  fi
  part_name=""
}

show_parts() {
  end_part
  printf '\n== how long it took\n'
  printf '%s\n' "${parts_done[@]}"
}
