import { gunzipSync } from 'node:zlib';

const unpacked = (text: string) => new Uint8Array(gunzipSync(Buffer.from(text, 'base64')));

/*
 * Three files of one model: stem_conv (1x1, 3 -> 2, no bias), stem_bn, block1a_dwconv (3x3, no bias), predictions (8 -> 3).
 * Weight number j of the model holds j, j + 1/8, j + 2/8 ... Packed by gzip, in base64.
 */

/** As Keras 2.15 lays out a whole model, written by h5py 3.16 with gzip and shuffle. */
export const keras2 = unpacked(
  [
    'H4sIAAAAAAACA+2dT2wbRRTGZ9Z27TaO65ZA3TQlDgjJoqhJqiLSNlVS2lJLVCSCIpUDcZxkE5vajmO7SRESBNSoCUKCC6UgoUbikgtSekPi',
    'EsElEiD1WIlL1APKAVDgxAXKrmfGuzP1Os4fNUn9/aRq8mZed8e734zHb2ZnZ6LnXqnf07iHmPh8xE2CxM4DzuRt2Rbl/TylPJ3m6Zwm8mmx',
    'LMTz9/Hjq36XXj9/3vR+oCDOs+RhqY+AWiR6/kyvmV7mttDToib7pUeH9FRsQk+OJAp5my6713leSjySfoNcvxEvs78j1ek3cgj6hX4t/UZF',
    'f+mR/fIFPR0bHM2M2+2BDIkPFor2QGp08Ep7PDY0wZyyOX0oOVhIjmbyUj8sevE3Xus5Z/bAQndhl9xfR7md8OAeVUK0e9ERJHi+n9zi19NP',
    'GozCVPxdPRfLxNM6ux8HKbsXwdI1Z3eCUmaJyy7S3bZOwszz2my38c9ls82/AzbbPGKdzdaq+FwXzvZcpDbBCF0EeKrqTRyzjqeq/ricSqnQ',
    'rZvbXkXX0ucuo/9dSnrsaPuLR9ts7WovtAkAAAAAAAAAAKyGiMercSA/j1BREiANxEeu6Ll4Pjau5/LGT/1KcQ3773Wf9TclrrJx1GwTjyPw',
    '/NXiqLPNxHY2UGs4zQPcbZT91DjSRucBWBzVQ8LcvjwiH3eS27NJlkZE/juy3xy3F1Ms7eD5iY9kv8+4PX9d/pzTJ2S/eW7fPSW3i0RIOR63',
    '5xu3R3+j1sdPenl9643PECJsBscKpD5hfJD9xIqbUuW+lu53q9FTZfTUyTZRXn7+0XeY36fm6vqdf1rQ76DfebjfiTbLfrL6NqvfseZvlprk',
    '46o6BuWhxiiE2i4cFeMbd/n+RMxfaEq+U7nLUIRZti/czOc6wuSAjxz4gJd7jDtolmsurXiIOqPnN/+gmjiOr9hT5RNXh4dTemm+hPL8IX04',
    'FS9Y+T7+TeTSPN3PWlWjvGrmUd1ipFWNrpbD0Mh6ML83aJnvjSfXeJzpdlWvlfXmxqUHAAAAAAAAgB3Jtb7B/u5d9d5QQ+h3gz9o8G3tSzOz',
    'vz9xq390L3FfpZ+aNtECXi8hS2SGlWZXslnjZ+Es3c29E2OG7b5Ep0w77H/qhbfuDP948/B7gaYTY7/98Pmhiac7xxYI+eqb/c8VPeqbOnL3',
    'f5468tKfndf+vv/Ljdau/9ra7syPZf9aOTFLL0QIef/5hpbiqT/09vR1dHQQElhypXHPAAAAgI3itD4i2snsBZ6/2jzlYhdLMU9Zm6jzlGL2',
    'Z+WU7Ceevyk9B7bB84p5dXU9gp/Mcn07z+sfJNa8vpjXcMv1bB2Jp9Pxk20PfYDWAb0g5ZcK0qPjycxILK3HM6xcKRiP55LxzKDOCp3WCbSd',
    'ZnZvV3XtL/wySyOQItofseb9s12yn9CzkK+q1rIiJdZ8YEg5rzqf6zst+6s6Bk7fw+o6AXalRf8k5l+3bt6f1celaYmzVlVs08HRTb0eTFfW',
    'rhC3Xq3sL/QXPFPZT+j33qXKfqIfDfXtbF05rRMIOvh/rawHwLw/AAAAgHHoNhqHzl18BONQp/FTwMH/W4yfAAAAAIyftu/4afnNLRw/OcWf',
    'vsf4CQAAAMD4afuOnyKxbTh++gnjJwAAAKAGx0/l13OH+P5fCdu4wkyd1pOC2kZdTyrW1y0kVb0xejfpvGL9s7qvnbUvZH3xfRfqeu594S5e',
    'x25yvI4cfyDeN0LpmtpJN3++cFJqJ87rriez8vUBtd1OhJ6WU7Kf+j6Tje7PJtqJuq+jn78ZrdJzDy3EeT9DuZ6tQ3q2kJhI5vWYssGc03ML',
    'y7z9+LLVtZ97ObQftB+r/YR5GsnKfk5CFLrtWON51ecWFtLy8VQdA6fxZuX9DdX3Mqn7Gq5evmX7G4YLVtXE3obmode0v+HiGDSyHpzins+s',
    '8Ti/KvHQ1fSGOCkAAAAAAAAA7NT4RPk4f2SK2ZO235uV4pSJaREfALWI4/ufrst+6nvJNyvOr76XqZo4fwNxXjdnq2fpzUX2vIFkPG/GWJ3i',
    '/Hd5+1m5UV37WfgY7Qft5+E4f3Ba9lPfY2TpkLHROP/cFJHapapj4PQ9qsb52Q45VKNSuxZxVdXeunW6Lt8nVpXM6rjXp6RyutJK/WL3zcr+',
    '4nrMz0BLdpzi/EdW+X//tpe/vkJviOMDAAAAADzuv0fk5wRd2+b3h9b7hVWVR/6c4H4H/8gx2ca4GQAAAHj8+R84nXRngJ8AAA==',
  ].join(''),
);

/** `.h5` of Keras 3.15. */
export const keras3Listed = unpacked(
  [
    'H4sIAAAAAAACA+1cPVAbRxTekwScQcLCjgccT+IrGSY2MNgJY2dAxBCUITE2SaFOHOICGvTDSAomVShSkM4lJUUKFSkoXFC4oHBB4cKFCxcp',
    'VKSgSEGRgiIz+OnuPel29YMQMrHD+2Yey+6+27vbe+/t27e7+i08+XWg8+NOUYSuC58ICjeOEU/n5DzVz2OqYbqJad5D5W12XR+WB7F9w4vX',
    '44U/zE1NFbmPFZQeBBt4JBgXEeGpCfvT72B+GdOhMMmZJslZD8pZ5Bsnvz5DfN6q8tg/J7crlHZUufaLPLbnFx9BawnzZysTTZlJK2uXX9eE',
    'fWWwpBu6w685uXZsj9K2MotddsmVL9Z1uPI+oG5XXsMyyhcfscuV99rPG0JeHZ5XFwtmbMVKLdZ+zirP1WG3E8b6brudFStjZqNrViYbT6fq',
    'vbf7fbE9vc73CHXgdxON2YfCDeG6G+Oi2oeIPFyIg3aZbyGRjq0Mm9HFJ7F0aq0sl6Em70v2Ie9z8vvtZB8iKPcB2z48seJLy7mygTjJPmjK',
    'uHrNJdyX6ti78HW0Yzcae/7pB7PfagIfxHW/7hr9heZP4OuKHxNmjmyMILsDWM1Yi/FYDoxCVuJHtRbZnJWMLqQc+0L2jsqdW1XaR0A8tfpT',
    'ztUOlefSmdiyS//pupHbw3dvD5fbv1b1vQbBjKWsBJR3luxQxXsMLsTNLL3flSr1pUbs7+/gqvy+g8n0Wjy1FE1aZsouD2B9b3W+NTMTN1Mx',
    'q/Q9/ArfgpUzi/nLWB5Q6pfMZNJ0vU9Q7WfpqYU4CrAtYTAYDAaDwWAwGIz/I75/ODupwWya5s0bPjkOoMY1KN6wcVPmE/1OYgxgisVbAzLf',
    'HuYLn0mXib1bMt8B5vUhJx3F8vVRmW8b83v35DjO6pTMt4X53WknpXWEQ4/M93TWSXcen64fT4pPjn4qXFEexkWDGp+kOMymEqejaAzJY7gl',
    '+q2V5G63Q5b308YLLypoHZM6TqN1EJ9TQPFPSj1C7ueT6/vs/3uMmxgrNUSvLnp/wfo2+ILFeo/Hozl2xLHEXo1MrSopkXMYN8py1f8Jy0hz',
    'cuWxvyutO1IcXx1Py+tu1dcTeoxx/BYhcadL3DlGQaP1hNrYhiHzd6A80B9AO0DPgHaBngPtAb0A2gd6CfQK6DXQG6A/gQpAf52C7wDob6BD',
    'oH+AjoD+LQ7bEyDdQD6gdiAdqBPID9Q9IV+/MQ4j9bgz3OtAIaBwsRzoV3IBxiAPtAckgNcYZ2ljMBgMBsM9bxW1990xeN7qmk2Qvx8aUP1Y',
    'Oa5ydr+4+r6wCMaFlll+GWeQX3Hr3covzePUeGer53G19GQD46abkp7Ujk/ujyj9w7jQekLy1D8k86n7+lq1f1KN9/vRwje7f5Lia5RecQl3',
    'F15H+U5Rez/l0DDahZHG9Mj4nPWI9ahSj1ZHZD6K8xf3lLZCj9R4rD4sj2uqHDNq+Z1qnN8JxGoeTdJrr+JPlOP7zcbxw4bDMa880fp/2h+O',
    'XHlK61XLX9Tnp/4I3mVZqi9XfdJ45W2ZHOUNGkFlbL5n/VHdbx297+TzDfqt22M83vJ4W7muXrgn89F5k1atq5N/qO4/8aOeNeu30jkZSgMu',
    '4b5MWo354pmQq658sa7XlQ/U8Wv1L9G/H2tMz47QMelnkWM9E+X9WOExmY/OG9G5JPW8k3quifTRaNCvLdyX/VpVjhnN+R/qfLl5/+OZUX1E',
    'fr/8D0euyr92EPqqMb/24IRdBGRnHz2oz0d2dH6S5aoxuXr+QcjV+fXHC+4PqT9efiD9UX3eUwjLs/2T/LHDGZ73sD9WGWd8M11l3uM6T3/W',
    'OCNB/V0A+h0AOp+vrhPQ/Et9nlx6NZqw1qxENJlehL/OfCnb8nmauv+/1b/P4F5PCDagv+GHrL+sv5Vxi60Zme9dnwfYV86/qL+XxGjUr5HP',
    'A6j2oda+/1r1zftBrw15RCCc73mA0e9YRpoB72dinGbcIH179Vi1TxiHaNF9yY9Sz0e2ej/TW0FUzcSQUgAA',
  ].join(''),
);

/** `.weights.h5` of Keras 3.15. */
export const keras3Numbered = unpacked(
  [
    'H4sIAAAAAAACA+1cPWxbVRS+99mO3bQEV0KqiQo8KkV1yZIUFBIVWkf5wSBCQhu15keyncRVLBzHit02sOCBwWwdM2ZgyMDggcEDQwaGDgwZ',
    'GDwweGBgYPDAkAGpnOd3rvvu9fOz82InjXI+6ej0+p3303O/e869576XH6Oz868MDg8yA4EA87Igs+I5ovi13BbHE6g56hLqPU38zhvHQvj7',
    'Zby+ard8d27OsH6uQNyn5jN1gBHOI6Jz00uGjmFb8OmZJts9Tm7lDZ1Jfpsy/iV4GXF5X848En+DyN+wX+a/yV/Wlr8E4q+VvyKOlXwq30ws',
    '9ei+9z5bnOVMa0b1kl++jyC2Piw/l+6R7aLYXvedz/4TeUv1wyWMLJz52GvgvWxyI2W0X+e8cUaw6cOA5M9Bi7O5Q55U+6ed3Q4er1x1jlux',
    'a3Lc+mhm8VPO8EHV5wM8fJRdLaQ3s8mM2RbhVtAgnc09KoBGt7ALqPOF1EZ8dTP7GNte1H7r8ZVs8zpDqFcym6vfjCfja0/MkweU8x9mkgXr',
    'dS6izm2l1tKNJ81L/RZ+lWIPgUAgEAgEAoFAIBAIneruY28wS/WCcN4g6pZlbCdQ782Yul2daTIq27erW9U/wfMWjsbL4NvES+Lli3q6qG9X',
    'r8p2Yj+oWcc+5n3NevoA07E9+Z7gN/Id28UJUwu+V67JdjVssxFTif9H/XPZLnQX77OMGn//OyLbBacxXuO4FPsH68OynTrexPgpK/sCaj25',
    'P3mH9ssI3Y1vwdOKLtv1Z7+MN+9XVcbF9ps4PnTqIyeI/K76y+1+mc9CAs1hPqHG1U7ziMkwzSMozrTOI/SR/s4j2s2bizfkeXMn/tZvEn+J',
    'v638rV2X7caUfNmbefCLPLk9Il9/F9v716mPusmTqr/c5skLlmDgwfO5xYBjz3Mvl84TWrzHoSm/tzvugQhmHLusv4XvaOjsSoBd+b6ZtwON',
    '45qmcfPRzIjn4fV35BWSQOwk3H4bIi3IPgi7A88MUgR5CmI4PgASAYmCFEF+ANkF+QlkD+RnkDLILyAVkF9B9kF+A3kG8jvIAcgfIFWQP0Fq',
    'IH8dwc5Y4f0DUgf5F+QQ5D+DFLDS00C8IAMgAZBBkEsgQ9Py+QQCgUAgEOzmrbUb5BN361f7+ota/+60fq1M0fqV1q+t69fdidOpv7BbR6u/',
    '5D7AehF1JfEXgOVklpiyr7+Mo8ayHXtXWV+PucxjhxPydfT3TR2Zoj7qpv6i+stt/cVvSWZe2/qLGXE451Id5fj1lMCofSYtvYTzL2/zKRO3',
    'nO1FPqh86GzX/B70trOdiNPVO2d9/nVSvAqeCV6dnD9C5A/JH/oZ8Yf9ekV9b6bjfts8rVdovte6Xlma6e96RaDxvW288dcNGm3jK9mba4yt',
    'JAur6/Hs5tZGMpP+Lml8CNs4vpbKFdafpPOpuLA0YXxHW0hl4Xg2n2K9f4+m0zja+5jGEY2j1nG0M2+/burXvnVEeT8yNmvq7Xnqo27WTaq/',
    '3K6bhizBwMc671t7mvMWeR6j7lO3P+52vhMetWdif/etVd7uRImD/chL0SXKS5SXWvPS2EJ/53ft6tFP8XuAhMRfem+e0B1/RRyrL6p86+18',
    'X81PpQX5PmVsHyxSH3Uzr1L95XZe5bWQYMChDqJ+Z9Rx3+sB5UmKM615MrZ8OnmyErPLk+35G/5Sfm7C+eav4FPogX39YVzJm5Ee5cnysnzd',
    'KrYP71MfdZMnVX+5zZMXLcnMb1t/MHf2ucalvOdR5lmeY9cXcqNyJBPYPlV/i78jKv6foS+c7UVczX1FXJXzl/O+nKdnPDoYFSNCxsu1L/c/',
    'rZ5eq4BcAAA=',
  ].join(''),
);
