/**
 * What lists of leaked passwords show most often among those of ten characters and more, in lower case. Shorter
 * ones are refused for their length.
 */
export const commonPasswords: ReadonlySet<string> = new Set(
  `1234567890 0123456789 0987654321 9876543210 12345678910 123456789a 1234567891 123123123123 1111111111
  0000000000 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qazxsw23edc q1w2e3r4t5 q1w2e3r4t5y6 zaq12wsxcde3 qazwsxedcrfv
  qwertyuiop qwertyuiop123 qwerty12345 qwerty123456 qwertyuiop1 qwerty1234 qwerty123! 1234qwerasdf asdfghjkl123
  asdfghjklz zxcvbnm123 zxcvbnm1234 poiuytrewq mnbvcxz123 abcdefghij abcdefghijk abcd123456 abc1234567 abcdef1234
  a123456789 a1234567890 aa12345678 aa123456789 password12 password123 password1234 password12345 password123!
  password1! password01 password00 password11 passwordpassword p@ssword123 p@ssw0rd123 p@ssw0rd12 passw0rd123
  passw0rd1234 pa55word123 mypassword mypassword1 yourpassword newpassword newpassword1 thepassword nopassword
  letmein123 letmein1234 letmeinnow welcome123 welcome1234 welcome123! welcome2024 welcome2025 welcome2026 iloveyou12
  iloveyou123 iloveyou1! iloveyou2! iloveyou22 iloveyouforever iloveyousomuch loveyou123 monkey12345 dragon12345
  football123 football12 baseball123 baseball12 basketball basketball1 superman123 superman12 batman12345
  spiderman1 spiderman123 pokemon123 starwars123 starwars12 princess123 princess12 sunshine123 sunshine12 sunshine1!
  michael123 jennifer12 jessica123 charlie123 jordan2345 liverpool1 liverpool123 manchester manchester1 chelsea123
  barcelona1 realmadrid juventus123 christopher elizabeth1 alexander1 alexandra1 admin12345 admin123456 admin1234!
  administrator administrator1 root123456 changeme123 changeme12 changeme1! secret1234 secret12345 master12345
  computer123 computer12 internet123 internet12 trustno1234 whatever123 whatever12 killer12345 shadow12345
  hello12345 hello123456 helloworld helloworld1 helloworld123 test123456 test1234567 testtest123 testing123
  testing1234 testpassword summer2024 summer2025 summer2026! winter2024 winter2025! spring2025 autumn2025
  correcthorsebatterystaple opensesame opensesame1 letmein2025 googlegoogle facebook123 facebook12 samsung123
  unknown123 forever123 blink182182 chocolate1 chocolate123 butterfly1 butterfly123 strawberry strawberry1
  watermelon pineapple1 chickennuggets mercedes123 lamborghini motorcycle skateboard undertaker metallica1
  slipknot666 rockandroll victoria123 anthony123 jonathan123 nicholas123 jasmine123 qwe123qwe123 qweasdzxc123
  zxcvbnm123456 asdfasdf123 asd123asd123 123qweasdzxc 321654987 741852963 7418529630 147258369 1472583690
  159753159753 1029384756 6666666666 7777777777 8888888888 9999999999 2222222222 3333333333 4444444444 5555555555
  1122334455 1212121212 123454321 1234554321 9638527410 147852369 987654321a 123456789q 123456789qwe 123qwe123qwe`
    .split(/\s+/)
    .filter((password) => password.length >= 10),
);
