module.exports=[8905,a=>{"use strict";a.s([])}];

//# sourceMappingURL=1t4a_examples_nextjs__next-internal_server_app__not-found_page_actions_0480z6970bj7q.js.map