module.exports=[72978,a=>{"use strict";var b=a.i(10477);a.s(["SignOut",0,function(){let a=async()=>{await window.linklatch?.signOut(),await fetch("/api/session",{method:"DELETE"}),location.assign("/")};return(0,b.jsx)("button",{type:"button",onClick:()=>void a(),children:"Sign out"})}])}];

//# sourceMappingURL=demo_examples_nextjs_app_dashboard_sign-out_tsx_1w6gesdh9et6d._.js.map