# shellcheck shell=bash
# A script in parts that say what they are and how long they took. To be sourced.

part_name="" part_began=0 parts_done=()

# part NAME: what follows belongs to it, until the next or end_part.
part() {
  end_part
  part_name=$1 part_began=$SECONDS
  printf '\n== %s\n' "$part_name"
}

end_part() {
  [[ -n $part_name ]] || return 0
  local took=$((SECONDS - part_began))
  took="$((took / 60)) min $((took % 60)) s"
  echo "-- took $took"
  parts_done+=("$(printf '%-40s %12s' "$part_name" "$took")")
  part_name=""
}

show_parts() {
  end_part
  printf '\n== how long it took\n'
  printf '%s\n' "${parts_done[@]}"
}
