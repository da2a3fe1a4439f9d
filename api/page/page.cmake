# The page of GET / as one document: page.html with page.css, Debian's Chart.js and the scripts of this
# folder in it, and the document in the library. Included from the top; run with -P it joins them.

set(CBV_PAGE_SCRIPTS words.js daemon.js elements.js charts.js statistics.js verdict.js page.js)

if(NOT CMAKE_SCRIPT_MODE_FILE)
  find_file(CBV_CHART_JS chart.min.js PATHS /usr/share/javascript/chart.js
            DOC "Chart.js 3, which is built into the page")
  if(NOT CBV_CHART_JS)
    message(FATAL_ERROR "chart.min.js of Chart.js 3 is missing (Debian 12: apt-get install libjs-chart.js)")
  endif()
  set(page_folder ${PROJECT_SOURCE_DIR}/api/page)
  set(page_document ${PROJECT_BINARY_DIR}/api/page.html)
  list(TRANSFORM CBV_PAGE_SCRIPTS PREPEND ${page_folder}/ OUTPUT_VARIABLE page_scripts)
  add_custom_command(
    OUTPUT ${page_document}
    COMMAND ${CMAKE_COMMAND} -D CHART_JS=${CBV_CHART_JS} -D FOLDER=${page_folder}
            -D DOCUMENT=${page_document} -P ${page_folder}/page.cmake
    DEPENDS ${page_folder}/page.cmake ${page_folder}/page.html ${page_folder}/page.css
            ${page_scripts} ${CBV_CHART_JS}
    COMMENT "Joining the page" VERBATIM)
  # The assembler takes the document in as it is: nothing of it passes through a string literal.
  target_sources(cbv_api PRIVATE ${page_document})
  set_source_files_properties(${page_folder}/document.cpp PROPERTIES
                              COMPILE_DEFINITIONS CBV_PAGE_DOCUMENT="${page_document}"
                              OBJECT_DEPENDS ${page_document})
  return()
endif()

# What would end its element early, or start a comment in it (HTML, section 4.12.1.3), is refused; carriage
# returns too, as a browser hashes what is left without them.
function(put_in place text)
  string(TOLOWER "${text}" lower)
  foreach(forbidden "</script" "<script" "<!--" "</style" "\r")
    string(FIND "${lower}" "${forbidden}" found)
    if(NOT found EQUAL -1)
      message(FATAL_ERROR "${place}: has \"${forbidden}\" at octet ${found}")
    endif()
  endforeach()
  string(FIND "${document}" "@${place}@" found)
  if(found EQUAL -1)
    message(FATAL_ERROR "page.html has no @${place}@")
  endif()
  string(REPLACE "@${place}@" "${text}" replaced "${document}")
  set(document "${replaced}" PARENT_SCOPE)
endfunction()

file(READ ${FOLDER}/page.html document)
file(READ ${FOLDER}/page.css style)
file(READ ${CHART_JS} library)
string(REGEX REPLACE "//# sourceMappingURL=[^\n]*" "" library "${library}") # nobody serves the map
set(scripts "")
foreach(name IN LISTS CBV_PAGE_SCRIPTS)
  file(READ ${FOLDER}/${name} script)
  string(APPEND scripts "${script}")
endforeach()
put_in(page.css "${style}")
put_in(page.js "${scripts}")
put_in(chart.js "${library}")
file(WRITE ${DOCUMENT} "${document}")
